"""What people call columns beyond the schema's words: heading by heading, with the place it means."""

from __future__ import annotations

from typing import Final

# The words of a place, apart by | ; what stands first wins where two places claim a word.
_SAID: Final = {
    "contacts/0/name:first": "First Name|Given Name|Forename|名字|名",
    "contacts/0/name:middle": "Middle Name",
    "contacts/0/name:last": "Last Name|Family Name|Surname|姓氏|姓",
    "name": (
        "Business|Organisation|Organization|Client|Customer|Account|单位|公司|企业|"
        "店铺名称|帐户名|帐户名称|账户名|账户名称|公司全称|单位全称|企业全称|客户方|甲方|会员姓名|会员名称|顾客姓名|"
        "Company Full Name"
    ),
    "contacts/0/name": "Person|对接人|联络人|Surname First Name",
    "addresses/office": (
        "地址|Address|公司地址|办公地址|通信地址|注册地址|经营地址|Office Address|Business Address|"
        "Company Address"
    ),
    "addresses/delivery": "收货地址|送货地址|Shipping Address|Delivery Address",
    "addresses/home": "家庭地址|家庭住址|住址|现住址|居住地址|住宅地址|Home Address",
    "addresses/warehouse": "仓库地址",
    "addresses/billing": "开票地址|Billing Address",
    "contacts/0/birthday": "出生年月|出生年月日|DOB",
    "contracts/0/amount": "合同额|合同总额|合同总金额|合同价款|签约金额|Contract Amount|Contract Value|合同总价",
    "interactions/0/next/what": "下一步|Next Step|Next Steps|Next Action",
    "follow-up by": "跟进人",
    "contacts/0/emails/0/address": "电子邮件地址|电邮|电邮地址",
    "website": "网页|URL",
    "notes": "附注|备注说明|Memo",
    "tags": "类别",
    "owner": (
        "跟单人|跟单人员|跟单员|跟进人员|销售人员|业务人员|归属人|所有人|Owner|Assigned To|销售代表|销售经理|所属销售|"
        "归属销售|责任人|Sales Rep|Sales Representative|Salesperson|Account Manager"
    ),
    "interactions/0/at": (
        "最近沟通时间|最近联系时间|最后联系时间|最近跟进时间|Last Contact|Last Contacted|上次联系时间|上次联系日期|"
        "上次跟进时间|上次跟进日期|最近拜访日期"
    ),
    "interactions/0/summary": "跟进记录|沟通记录|跟进情况|拜访记录",
    "decision maker": "决策关键人|决策人|关键人|关键决策人|Decision Maker",
    "aliases": "公司简称|单位简称|企业简称",
    "industry": "行业类别|行业类型",
    "source": "渠道来源|获客渠道|客户来源渠道|来源渠道",
    "intent": "意向等级|意向程度",
    "needs": "需求描述",
    "size/employees": "人员规模|Headcount",
    "size/annual_revenue": "年销售额|年产值",
    "bank_account": "IBAN|Bank Account Number|收款账号|银行卡|账户号码",
    "contacts/0/id_number": "ID Card|ID Card Number|National ID|公民身份号码",
    "contacts/0/salutation": "Prefix",
    "addresses/0/street": "Address Line 1|Address 1",
    "interactions/0/next/due": (
        "下次联系时间|下次联系日期|下次回访日期|下次回访时间|下次拜访日期|Next Follow-up|Next Follow-up Date|"
        "Next Contact"
    ),
    "contracts/0/number": "Contract No|Contract ID",
    "contracts/0/signed": (
        "合同签订日期|合同签订时间|合同签约日期|签约时间|签订时间|签单日期|Contract Date|Signed Date|"
        "Date Signed"
    ),
    "contracts/0/starts": "合同开始日期|合同生效日期|合同起始日期|Contract Start|Contract Start Date",
    "contracts/0/ends": (
        "合同到期日|合同到期日期|合同到期时间|合同结束日期|合同截止日期|合同有效期|Contract End|"
        "Contract End Date|Contract Expiry|Expiry Date|Expiration Date"
    ),
    "contracts/0/warranty_until": "保修到期日|质保到期日",
    "purchases/0/number": "Order ID|Order No|订单ID",
    "payments/0/amount": "回款金额|到账金额|Payment Amount",
    "payments/0/date": "回款日期|到账日期|Payment Date",
    "payments/0/method": "Payment Method",
}
# What telephones are called where the heading itself tells their kind.
_NUMBERS: Final = (
    "移动电话|移动手机|移动电话号码|办公电话|办公室电话|商务电话|公司电话|单位电话|固定电话|固话|座机|座机号码|"
    "住宅电话|家庭电话|传真|传真号码|商务传真|公司传真|住宅传真|热线|热线电话|Cell|Cell Phone|Work Phone|"
    "Office Phone|Business Phone|Home Phone|Fax|Fax Number|Landline"
)
# The columns of addresses in Outlook and Salesforce, in Chinese.
_PLACES: Final = {
    f"{whose}{part}": f"addresses/{kind}/{name}"
    for whose, kind in (
        ("商务地址", "office"),
        ("住宅地址", "home"),
        ("其他地址", "other"),
        ("邮寄", "office"),
        ("帐单", "billing"),
        ("账单", "billing"),
        ("发货", "delivery"),
    )
    for part, name in (
        ("街道", "street"),
        ("市/县", "city"),
        ("城市", "city"),
        ("省/市/自治区", "province"),
        ("省/直辖市/自治区", "province"),
        ("省", "province"),
        ("州/省", "province"),
        ("邮政编码", "postal_code"),
        ("国家/地区", "country"),
        ("国家", "country"),
    )
}
GIVEN: Final = {
    **{word: target for target, words in _SAID.items() for word in words.split("|")},
    **dict.fromkeys(_NUMBERS.split("|"), "contacts/0/phones/0/number"),
    **_PLACES,
}
"""Headings with the places that they mean."""
REGION: Final = frozenset(
    (
        "地区",
        "所在地区",
        "所在地",
        "区域",
        "省市",
        "省市区",
        "所属地区",
        "所属区域",
        "Region",
        "Location",
    )
)
"""Headings of a column that may hold places (浙江杭州) or parts of a market (华东)."""
