"""Records that the tests of queries look for."""

from __future__ import annotations

from searching import doc

YUNFAN = doc(
    "C20240301001",
    name="北京云帆科技有限公司",
    aliases=["Yunfan Tech"],
    owner="wang-fang",
    type="prospect",
    status="active",
    industry="I65",
    tags=["重点客户", "VIP"],
    notes="谈了运维服务,器材下周报价",
    contacts=[
        {
            "id": "k3f9",
            "name": "单雄信",
            "title": "采购经理",
            "phones": [{"number": "+8613800138000"}, {"number": "010-6555 1234 转 801"}],
            "emails": [{"address": "shan.xiongxin@yunfan-tech.com"}],
            "birthday": "1984-06-16",
            "gender": "male",
            "id_number": "11010519491231002X",
        },
        {"id": "a1b2", "name": "曾静"},
    ],
    addresses=[{"province": "广东省", "city": "深圳市", "region_code": "440305"}],
    interactions=[
        {
            "at": "2024-05-01",
            "summary": "上门演示",
            "next": {"what": "寄样品", "due": "2024-06-18"},
        }
    ],
    purchases=[
        {"date": "2024-05-03", "product": "服务器", "amount": "12000"},
        {"date": "2024-04-03", "product": "交换机", "amount": "800"},
    ],
    contracts=[{"number": "HT-2024-007", "ends": "2024-08-01", "amount": "99999"}],
    size={"employees": {"min": "50", "max": "100", "text": "50-100人"}},
    custom={"colour": "red", "weight": "12.5"},
    bank_account={"sealed": "finance@1", "age": "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+I"},
)
MULLER = doc("C20240610001", name="Müller & Söhne GmbH", notes="two boxes of batteries, customers")
ARCHIVED = doc("C20230101001", name="旧客户", archived={"on": "2024-01-01", "reason": "倒闭"})
PEOPLE = {"wang-fang": "王芳", "li-na": "李娜"}
